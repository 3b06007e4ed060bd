package api

import (
	"bytes"
	"encoding/json"
)

// withoutSecret is a kept answer without the secret of a token: a secret is shown
// once and stored nowhere.
func withoutSecret(body []byte) []byte {
	if !bytes.Contains(body, []byte(`"secret":"`)) {
		return body
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields["secret"] == nil {
		return body
	}
	fields["secret"] = json.RawMessage("null")
	kept, err := json.Marshal(fields)
	if err != nil { // what was decoded encodes
		return nil
	}
	return kept
}
