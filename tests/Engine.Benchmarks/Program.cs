using BenchmarkDotNet.Running;
using Engine.Benchmarks;

if (args is ["kernels", ..])
{
    KernelBenchmark.Run(args.AsSpan(1));
    return 0;
}

if (args is ["scans", ..])
{
    ScanBenchmark.Run(args.AsSpan(1));
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(MatchBenchmark).Assembly).Run(args);
return 0;
