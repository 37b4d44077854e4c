package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptible returns a context that ends with the first Ctrl-C, SIGTERM, or SIGHUP, which a terminal sends when it
// is closed. The command then stops its session and removes incomplete files. A further Ctrl-C ends the process at
// once. A further SIGHUP or SIGTERM does not, because they come in pairs: from the kernel and the shell, or from a
// service manager.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	caught := make(chan os.Signal, 2)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) { // nohup ignores SIGHUP, and a shell ignores signals for background jobs
			signal.Notify(caught, sig)
		}
	}
	go func() {
		<-caught
		cancel()
		for sig := range caught {
			if sig == os.Interrupt {
				os.Exit(exitInterrupted)
			}
		}
	}()
	return ctx, cancel
}
