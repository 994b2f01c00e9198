package wasmpipes

import (
	"runtime"
	"unsafe"
)

const (
	accept = 0
	reject = 1
	retry  = 75
)

type pointer = unsafe.Pointer

//go:wasmimport wasmpipes_v1 input_len
func inputLen() int32

//go:wasmimport wasmpipes_v1 input_read
func inputRead(offset int32, target pointer, length int32) int32

//go:wasmimport wasmpipes_v1 header_get
func headerGet(name pointer, nameLength int32, target pointer, capacity int32) int32

//go:wasmimport wasmpipes_v1 header_list
func headerList(target pointer, capacity int32) int32

//go:wasmimport wasmpipes_v1 result_read
func resultRead(offset int32, target pointer, length int32) int32

//go:wasmimport wasmpipes_v1 config_get
func configGet(key pointer, keyLength int32, target pointer, capacity int32) int32

//go:wasmimport wasmpipes_v1 out_header_set
func outHeaderSet(name pointer, nameLength int32, value pointer, valueLength int32)

//go:wasmimport wasmpipes_v1 out_headers_clear
func outHeadersClear()

//go:wasmimport wasmpipes_v1 out_key_set
func outKeySet(key pointer, length int32)

//go:wasmimport wasmpipes_v1 emit
func emit(body pointer, length int32)

//go:wasmimport wasmpipes_v1 emit_to
func emitTo(label pointer, labelLength int32, body pointer, length int32)

//go:wasmimport wasmpipes_v1 drop
func dropMessage()

//go:wasmimport wasmpipes_v1 fail
func fail(reason pointer, length int32)

//go:wasmimport wasmpipes_v1 retry_after
func retryAfter(milliseconds int64)

//go:wasmimport wasmpipes_v1 cache_get
func cacheGet(key pointer, keyLength int32, target pointer, capacity int32) int32

//go:wasmimport wasmpipes_v1 cache_set
func cacheSet(key pointer, keyLength int32, value pointer, valueLength int32, ttl int64)

//go:wasmimport wasmpipes_v1 cache_delete
func cacheDelete(key pointer, keyLength int32)

//go:wasmimport wasmpipes_v1 cache_put_if_absent
func cachePutIfAbsent(key pointer, keyLength int32, value pointer, valueLength int32, ttl int64) int32

//go:wasmimport wasmpipes_v1 cache_increment
func cacheIncrement(key pointer, keyLength int32, delta int64, ttl int64) int64

//go:wasmimport wasmpipes_v1 http
func httpCall(request pointer, length int32, target pointer, capacity int32) int32

//go:wasmimport wasmpipes_v1 log
func logLine(level int32, text pointer, length int32)

//go:wasmimport wasmpipes_v1 metric_add
func metricAdd(name pointer, nameLength int32, delta int64)

//go:wasmimport wasmpipes_v1 now_ms
func nowMs() int64

//go:wasmimport wasmpipes_v1 random
func randomBytes(target pointer, length int32)

type text interface{ ~string | ~[]byte }

// at is where a text begins. The collector does not move it, and the host reads it before the call returns.
func at[T text](t T) pointer {
	switch t := any(t).(type) {
	case string:
		return pointer(unsafe.StringData(t))
	case []byte:
		return pointer(unsafe.SliceData(t))
	}
	return nil
}

func length[T text](t T) int32 { return int32(len(t)) }

func filled(count int32, fill func(pointer, int32)) []byte {
	bytes := make([]byte, count)
	fill(at(bytes), count)
	runtime.KeepAlive(bytes)
	return bytes
}

// answer fetches an answer whose length is known by now; below 0 there is none.
func answer(count int32) ([]byte, bool) {
	if count < 0 {
		return nil, false
	}
	return filled(count, func(target pointer, count int32) { resultRead(0, target, count) }), true
}

func body() []byte {
	return filled(inputLen(), func(target pointer, count int32) { inputRead(0, target, count) })
}
