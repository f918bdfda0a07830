package operators

import (
	"runtime"
	"sync"
	"weak"
)

// cache keeps what was compiled as long as anybody has it. The zero value is empty.
type cache[T any] struct {
	mu   sync.Mutex
	made map[string]weak.Pointer[T]
}

// get returns what was compiled under the same key, or compiles it. Two that
// ask for the same at once may both compile; one of the results is kept.
func (c *cache[T]) get(key string, compile func() (*T, error)) (*T, error) {
	if known := c.find(key); known != nil {
		return known, nil
	}
	made, err := compile()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.made[key].Value(); known != nil {
		return known, nil
	}
	if c.made == nil {
		c.made = map[string]weak.Pointer[T]{}
	}
	pointer := weak.Make(made)
	c.made[key] = pointer
	runtime.AddCleanup(made, func(key string) { c.forget(key, pointer) }, key)
	return made, nil
}

func (c *cache[T]) find(key string) *T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[key].Value()
}

func (c *cache[T]) forget(key string, pointer weak.Pointer[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made[key] == pointer {
		delete(c.made, key)
	}
}
