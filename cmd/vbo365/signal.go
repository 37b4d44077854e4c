package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptible returns a context that ends with the first signal that ends programs: Ctrl-C, SIGTERM, or SIGHUP, which a terminal
// sends when it is closed. The command then stops its session and removes what is not whole. After that, Ctrl-C ends the process
// at once. SIGHUP and SIGTERM do not, because they come in pairs: from the kernel and the shell, or from a service manager.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	caught := make(chan os.Signal, 2)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) { // as nohup does, and a shell with what it starts in the background
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
