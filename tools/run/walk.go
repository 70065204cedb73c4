package main

import "context"

func walk(ctx context.Context, dir, lists string) error { return nil }
