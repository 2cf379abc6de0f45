using BenchmarkDotNet.Running;
using Engine.Benchmarks;
using Engine.Benchmarks.Corpora;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Rows;

switch (args.FirstOrDefault())
{
    case "generate":
        if (RunOptions.TryParse(args[1..]) is not { } generate)
        {
            return 2;
        }

        if (generate.Output is not { } output)
        {
            Console.Error.WriteLine("generate needs --output DIR");
            return 2;
        }

        new DatabaseGenerator(DatabaseShape.Published.Scale(generate.Scale), generate.Seed, new Corpus(generate.Cache)).Write(output);
        return 0;
    case "row" or "all":
        return await RowRunner.RunAsync(isAll: args[0] == "all", args[1..]);
    case "kernels":
        KernelBenchmark.Run(args.AsSpan(1));
        return 0;
    case "shards":
        ShardBenchmark.Run(args.AsSpan(1));
        return 0;
    case "worst":
        WorstCaseBenchmark.Run(args.AsSpan(1));
        return 0;
    case "scans":
        ScanBenchmark.Run(args.AsSpan(1));
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(MatchBenchmark).Assembly).Run(args);
        return 0;
}
