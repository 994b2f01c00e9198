package wasmpipes

import (
	"bytes"
	"strings"
	"time"
)

// Header is the first header of this name, whatever its case.
func (m Message) Header(name string) (string, bool) {
	value, ok := answer(headerGet(at(name), length(name), nil, 0))
	return string(value), ok
}

// Headers are all headers, in order.
func (m Message) Headers() []Header {
	list, _ := answer(headerList(nil, 0))
	parts := bytes.Split(list, []byte{0})
	var headers []Header
	for i := 0; i+1 < len(parts); i += 2 {
		headers = append(headers, Header{string(parts[i]), string(parts[i+1])})
	}
	return headers
}

// Config is a value of the module's own configuration; keys are found without regard to case.
func Config(key string) (string, bool) {
	value, ok := answer(configGet(at(key), length(key), nil, 0))
	return string(value), ok
}

// Get is a value of the cache that all lanes and pods share.
func Get(key string) (string, bool) {
	value, ok := answer(cacheGet(at(key), length(key), nil, 0))
	return string(value), ok
}

// Set writes to the cache; it stands when the message is through. A ttl of 0 means for ever.
func Set(key, value string, ttl time.Duration) {
	cacheSet(at(key), length(key), at(value), length(value), ttl.Milliseconds())
}

// Delete removes a value from the cache.
func Delete(key string) { cacheDelete(at(key), length(key)) }

// PutIfAbsent sets the value of an absent key and returns whether it was absent; exact across lanes and pods.
func PutIfAbsent(key, value string, ttl time.Duration) bool {
	return cachePutIfAbsent(at(key), length(key), at(value), length(value), ttl.Milliseconds()) != 0
}

// Increment adds to a number. The sum returned is exact only for a key that is confined to one lane of one pod.
func Increment(key string, delta int64, ttl time.Duration) int64 {
	return cacheIncrement(at(key), length(key), delta, ttl.Milliseconds())
}

// Level says how much a line of the log matters.
type Level int32

const (
	Debug Level = iota
	Info
	Warn
	Error
)

// Log writes a line to the pipe's log, under the name of the module.
func Log(level Level, line string) { logLine(int32(level), at(line), length(line)) }

// Count adds to a counter of this module, shown as a metric.
func Count(metric string, delta int64) { metricAdd(at(metric), length(metric), delta) }

// Now is the time.
func Now() time.Time { return time.UnixMilli(nowMs()).UTC() }

// Random are bytes fit for secrets.
func Random(count int) []byte { return filled(int32(count), randomBytes) }

// Reply is what a host answered, whatever its status.
type Reply struct {
	Status  int
	Headers map[string]string // names in lower case
	Body    []byte
}

// HTTPError says why there is no reply.
type HTTPError int32

const (
	Malformed   HTTPError = -2
	NotAllowed  HTTPError = -3
	Unreachable HTTPError = -4
	TimedOut    HTTPError = -5
	TooLarge    HTTPError = -6
)

func (e HTTPError) Error() string {
	switch e {
	case NotAllowed:
		return "http: not allowed"
	case Unreachable:
		return "http: unreachable"
	case TimedOut:
		return "http: timed out"
	case TooLarge:
		return "http: too large"
	}
	return "http: malformed"
}

// HTTP makes a request to one of the hosts that WASM_ALLOW_HTTP names.
func HTTP(method, url string, headers []Header, body []byte) (Reply, error) {
	var request strings.Builder
	request.WriteString(method + " " + url + "\n")
	for _, h := range headers {
		request.WriteString(h.Name + ": " + h.Value + "\n")
	}
	request.WriteString("\n")
	request.Write(body)
	whole := request.String()
	count := httpCall(at(whole), length(whole), nil, 0)
	reply, ok := answer(count)
	if !ok {
		return Reply{}, HTTPError(count)
	}
	return parse(reply), nil
}

// parse reads the status, lines of headers, an empty line and the body.
func parse(reply []byte) Reply {
	head, body, _ := bytes.Cut(reply, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	parsed := Reply{Headers: map[string]string{}, Body: body}
	for _, digit := range lines[0] {
		parsed.Status = parsed.Status*10 + int(digit-'0')
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		parsed.Headers[strings.ToLower(name)] = value
	}
	return parsed
}
