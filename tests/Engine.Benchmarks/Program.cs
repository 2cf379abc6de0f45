using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Engine.Benchmarks.MatchBenchmark).Assembly).Run(args);
return 0;
