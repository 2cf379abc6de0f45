using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Testing;
using Updater.Gates;
using Updater.Tests.Updates;

namespace Updater.Tests.Gates;

public sealed class PackageCompilerTests : IDisposable
{
    private static readonly PackageId _package = new("own", DefinitionsVersion.Parse("20261127.001"));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_of_its_own_compiles_the_same_image_and_tells_the_same()
    {
        var stages = new List<CompileProgress>();
        var request = Request(isLenient: true, "Good:0:*:616263646566\nBad:0:*:61zz\nPUA.X:0:*:6162636465\n", stages.Add);

        var apart = await CompileAsync(request, maxBytesHere: 0, "apart.image");
        var here = await CompileAsync(request, maxBytesHere: long.MaxValue, "here.image");

        Assert.Equal(here.ImageDigest, apart.ImageDigest);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder.Path("here.image"), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder.Path("apart.image"), TestContext.Current.CancellationToken));
        Image.VerifyContent(_folder.Path("apart.image"), here.ImageDigest, TestContext.Current.CancellationToken);
        Assert.Equal(here.Diagnostics, apart.Diagnostics);
        Assert.Equal(here.Signatures, apart.Signatures);
        Assert.Equal(here.AcceptedByExtension, apart.AcceptedByExtension);
        Assert.Equal((here.Lines, here.ImageBytes, here.InputDigest), (apart.Lines, apart.ImageBytes, apart.InputDigest));
        Assert.NotEmpty(stages);
        Assert.Equal(["apart.image", "here.image", "x.ndb"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_process_of_its_own_refuses_in_the_same_words()
    {
        var request = Request(isLenient: false, "Bad:0:*:61zz\n", static _ => { });

        var apart = await Assert.ThrowsAsync<RefusedException>(() => CompileAsync(request, maxBytesHere: 0, "apart.image"));
        var here = await Assert.ThrowsAsync<RefusedException>(() => CompileAsync(request, maxBytesHere: long.MaxValue, "here.image"));

        Assert.Equal((here.Reason, here.Message), (apart.Reason, apart.Message));
        Assert.Equal(RefusalReason.SignatureMalformed, apart.Reason);
    }

    [Theory]
    [InlineData("kill -SEGV $$", "139")]
    [InlineData("echo nonsense; exit 0", "nonsense")]
    [InlineData("exit 3", "status 3")]
    public async Task A_compiler_that_crashes_or_says_nothing_refuses_the_package(string script, string expected)
    {
        var compiler = new PackageCompiler(UpdateHarness.Shell(script), maxBytesHere: 0);
        var request = Request(isLenient: false, "Good:0:*:616263646566\n", static _ => { });

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => compiler.CompileAsync(request, 1, _folder.Path("x.image"), TestContext.Current.CancellationToken));

        Assert.Equal(RefusalReason.CompileFailed, refused.Reason);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_up_ends_the_process()
    {
        var compiler = new PackageCompiler(UpdateHarness.Shell($"echo $$ > '{_folder.Path("pid")}'; exec sleep 60"), maxBytesHere: 0);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = compiler.CompileAsync(Request(isLenient: false, "Good:0:*:616263646566\n", static _ => { }), 1, _folder.Path("x.image"), stop.Token);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!File.Exists(_folder.Path("pid")) && clock.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var pid = int.Parse(await File.ReadAllTextAsync(_folder.Path("pid"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{pid}"), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task An_update_with_a_large_package_activates_what_a_process_of_its_own_compiled()
    {
        await using var harness = new UpdateHarness { CompileProgram = ProgramStart.Self(), MaxCompileBytesHere = 0 };
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();

        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
    }

    private CompileRequest Request(bool isLenient, string lines, Action<CompileProgress> progress) => new()
    {
        Inputs = [new CompileInput(_package, IsOfficial: false, isLenient, [_folder.Write("x.ndb", lines)])],
        GenerationNumber = 3,
        Unwanted = UnwantedPolicy.LoadAll,
        IgnoredElsewhere = [new IgnoreSignature { Name = "Some", Line = 1, LineMd5 = new byte[16] }],
        Progress = progress,
    };

    private async Task<CompileReport> CompileAsync(CompileRequest request, long maxBytesHere, string image) =>
        await new PackageCompiler(ProgramStart.Self(), maxBytesHere).CompileAsync(
            request, bytes: 1, _folder.Path(image), TestContext.Current.CancellationToken);
}
