package main

type simulateCommand struct{}
