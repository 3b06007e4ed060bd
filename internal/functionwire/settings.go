package functionwire

import (
	"log/slog"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Settings are what a function's environment says.
type Settings struct {
	Table             string
	Bucket            string
	StateMachine      string // ARN
	FetchFunction     string // name
	ValidateFunction  string
	CredentialsSecret string // ARN, "" for no credentials
	FirstTokenSecret  string // ARN, "" for no first token
	AllowLocal        bool   // repositories at addresses that are not public
	Hosts             []string
	LogLevel          slog.Level
}

// ReadSettings reads them. Faults: Invalid ("bad-setting").
func ReadSettings(getenv func(string) string) (Settings, error) {
	s := Settings{
		Table: getenv("SLIPWAY_TABLE"), Bucket: getenv("SLIPWAY_BUCKET"), StateMachine: getenv("SLIPWAY_STATE_MACHINE"),
		FetchFunction: getenv("SLIPWAY_FETCH_FUNCTION"), ValidateFunction: getenv("SLIPWAY_VALIDATE_FUNCTION"),
		CredentialsSecret: getenv("SLIPWAY_CREDENTIALS_SECRET"), FirstTokenSecret: getenv("SLIPWAY_FIRST_TOKEN_SECRET"),
	}
	for host := range strings.SplitSeq(getenv("SLIPWAY_HOSTS"), ",") {
		if host = strings.ToLower(strings.TrimSpace(host)); host != "" {
			s.Hosts = append(s.Hosts, host)
		}
	}
	switch allow := getenv("SLIPWAY_ALLOW_LOCAL_REPOSITORIES"); allow {
	case "", "no":
	case "yes":
		s.AllowLocal = true
	default:
		return Settings{}, BadSetting("SLIPWAY_ALLOW_LOCAL_REPOSITORIES", "say yes or no")
	}
	if level := getenv("SLIPWAY_LOG_LEVEL"); level != "" {
		if err := s.LogLevel.UnmarshalText([]byte(level)); err != nil {
			return Settings{}, BadSetting("SLIPWAY_LOG_LEVEL", "say debug, info, warn or error")
		}
	}
	return s, nil
}

// BadSetting refuses the value of a setting. Faults: Invalid ("bad-setting").
func BadSetting(name, hint string) error {
	return fault.New(fault.Invalid, "bad-setting", "the setting %s cannot be used", name).WithHint("%s", hint)
}
