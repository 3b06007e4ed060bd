package infra

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/api"
)

func apiLaws() []law {
	return []law{
		{
			"every operation has its route and nothing else does", "a route too few is a 404, one too many a way in that nobody watches", routes,
			[]edit{
				{"api.yaml", `RouteKey: "GET /v1/self"`, `RouteKey: "GET /v1/myself"`},
				{"api.yaml", `RouteKey: "GET /v1/self", Target: !Sub "integrations/${ListIntegration}"`, `RouteKey: "GET /v1/self", Target: !Sub "integrations/${SyncIntegration}"`},
				{"api.yaml", `RouteKey: "GET /v1/self"`, `RouteKey: "$default"`},
				{"api.yaml", `PayloadFormatVersion: "2.0"`, `PayloadFormatVersion: "1.0"`},
				{"api.yaml", "IntegrationUri: !Ref ListFunctionArn", "IntegrationUri: !Ref SyncFunctionArn"},
				{"api.yaml", "FunctionName: !Ref ListFunctionArn", "FunctionName: !Ref SyncFunctionArn"},
				{"api.yaml", ":${Api}/*", ":*"},
				{"template.yaml", "ListFunctionArn: !GetAtt ListFunction.Arn", "ListFunctionArn: !GetAtt SyncFunction.Arn"},
			},
		},
		{
			"the API is throttled and its requests are logged", "it is on the internet, and each request costs", bare,
			[]edit{
				{"api.yaml", "        ThrottlingRateLimit: !Ref RateLimit\n", ""},
				{"api.yaml", "        ThrottlingBurstLimit: !Ref BurstLimit\n", ""},
				{"api.yaml", "DestinationArn: !Ref AccessLogArn", "DestinationArn: elsewhere"},
				{"api.yaml", "      ProtocolType: HTTP\n", "      ProtocolType: HTTP\n      CorsConfiguration: {AllowOrigins: ['*']}\n"},
				{"api.yaml", "DisableExecuteApiEndpoint: !If [HasDomain, true, false]", "DisableExecuteApiEndpoint: false"},
				{"api.yaml", "TLS_1_2", "TLS_1_0"},
			},
		},
	}
}

// owners gives each function's routes.
func owners() (map[string]string, error) {
	want := map[string]string{
		"GET /": "Console", "GET /console": "Console", "GET /console/{proxy+}": "Console", "POST /console/{proxy+}": "Console",
		"GET /v1/openapi.json": "List",
	}
	for group, name := range map[api.Group]string{api.Reads: "List", api.Syncs: "Sync", api.MakeLive: "MakeLive", api.Plans: "Sync"} {
		list, err := api.Routes(group)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			owner := name
			if r.Method == http.MethodGet {
				owner = "List"
			}
			want[r.Method+" "+r.Path] = owner
		}
	}
	return want, nil
}

func routes(s stack) (out []string) {
	owner, err := owners()
	if err != nil {
		return []string{err.Error()}
	}
	var got, want []string
	for key, name := range owner {
		want = append(want, key+" → integrations/${"+name+"Integration}")
	}
	for _, r := range s.resources("AWS::ApiGatewayV2::Route") {
		got = append(got, text(r.props, "RouteKey")+" → "+text(r.props, "Target", "Fn::Sub"))
	}
	out = differ("routes", got, want)
	for _, name := range []string{"Sync", "MakeLive", "List", "Console"} {
		in, may := s.one("api.yaml", name+"Integration").props, s.one("api.yaml", name+"Permission").props
		if text(in, "PayloadFormatVersion") != "2.0" || text(in, "IntegrationUri", "Ref") != name+"FunctionArn" || text(in, "IntegrationType") != "AWS_PROXY" {
			out = append(out, name+" is called in another way")
		}
		source := text(may, "SourceArn", "Fn::Sub")
		if text(may, "FunctionName", "Ref") != name+"FunctionArn" || text(may, "Principal") != "apigateway.amazonaws.com" || !strings.HasSuffix(source, ":${Api}/*") {
			out = append(out, name+" may not be called by the API, or by others too")
		}
		if got := text(s.one(root, "Api").props, "Parameters", name+"FunctionArn", "Fn::GetAtt"); got != name+"Function.Arn" {
			out = append(out, fmt.Sprintf("the API takes %s for %s", got, name))
		}
	}
	return out
}

func bare(s stack) (out []string) {
	stage, gateway := s.one("api.yaml", "Stage").props, s.one("api.yaml", "Api").props
	for path, want := range map[string]string{
		"DefaultRouteSettings.ThrottlingRateLimit.Ref": "RateLimit", "DefaultRouteSettings.ThrottlingBurstLimit.Ref": "BurstLimit",
		"AccessLogSettings.DestinationArn.Ref": "AccessLogArn",
	} {
		if got := text(stage, strings.Split(path, ".")...); got != want {
			out = append(out, fmt.Sprintf("the stage's %s is %q", path, got))
		}
	}
	if gateway["CorsConfiguration"] != nil {
		out = append(out, "pages of other sites may call the API")
	}
	if got := words(gateway, "DisableExecuteApiEndpoint", "Fn::If"); !slices.Equal(got, []string{"HasDomain", "true", "false"}) {
		out = append(out, "an API with a name of its own has another too")
	}
	for _, c := range list(s.one("api.yaml", "Domain").props, "DomainNameConfigurations") {
		if text(c, "SecurityPolicy") != "TLS_1_2" {
			out = append(out, "old TLS is taken")
		}
	}
	return out
}
