package trail

import "syscall"

// DiskUsage is the share of a folder's disk that is used, 0 to 1, for whoever is
// not root.
func DiskUsage(folder string) (float64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	if s.Blocks == 0 {
		return 0, nil
	}
	usable := s.Blocks - s.Bfree + s.Bavail
	return 1 - float64(s.Bavail)/float64(max(usable, 1)), nil
}
