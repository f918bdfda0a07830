// Package cache keeps what was made as long as anybody has it.
package cache

import (
	"runtime"
	"sync"
	"weak"
)

// Cache holds values by key, without keeping them alive. The zero value is
// empty. It is safe for concurrent use.
type Cache[T any] struct {
	mu   sync.Mutex
	made map[string]weak.Pointer[T]
}

// Get returns what was made under the same key, or makes it. Two that ask for
// the same at once may both make it; one of the results is kept.
func (c *Cache[T]) Get(key string, do func() (*T, error)) (*T, error) {
	if known := c.find(key); known != nil {
		return known, nil
	}
	made, err := do()
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

func (c *Cache[T]) find(key string) *T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[key].Value()
}

func (c *Cache[T]) forget(key string, pointer weak.Pointer[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made[key] == pointer {
		delete(c.made, key)
	}
}
