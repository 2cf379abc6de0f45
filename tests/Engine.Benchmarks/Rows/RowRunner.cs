namespace Engine.Benchmarks.Rows;
internal static class RowRunner { public static Task<int> RunAsync(string[] args) => Task.FromResult(args.Length); }
