module validate

go 1.24

require (
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.2
	golang.org/x/text v0.14.0
	wasmpipes.example v0.0.0
)

replace wasmpipes.example => ../sdk/go
