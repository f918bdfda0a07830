package transform

func removeNulls(dst []byte, src string) []byte {
	return unescape(dst, src, 0, func(dst []byte, _ string) ([]byte, int) { return dst, 1 })
}

func replaceNulls(dst []byte, src string) []byte {
	return unescape(dst, src, 0, func(dst []byte, _ string) ([]byte, int) { return append(dst, ' '), 1 })
}
