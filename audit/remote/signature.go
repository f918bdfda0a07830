package remote

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// SignatureHeader is the field of a request that Sign writes the value of.
const SignatureHeader = "X-Lachan-Signature"

// Sign returns
//
//	t=1795651200,v1=<64 hex>
//
// which is HMAC-SHA256 with the key over t, a dot and the body as it is on the
// wire. A receiver that refuses a t that is minutes old cannot be sent an old
// request again.
func Sign(body []byte, key string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%d.", at.Unix())
	mac.Write(body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}
