using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Testing;

namespace Conformance;

/// <summary>The first minutes of a newcomer: no configuration, the bundled channel, the printed commands.</summary>
[Collection("default ports")]
public sealed class FirstRunTests
{
    [Fact]
    public async Task Runs_with_no_configuration_and_scans_with_the_bundled_channel()
    {
        SkipUnlessFree(3310, 8310);
        using var folder = new TempFolder();
        // The README's first command, but for the build, which has just been made.
        using var process = UpdaterProgram.StartProgram(
            "dotnet",
            ["run", "--project", Path.Combine(Fixture.RepositoryRoot, "src", "Updater"), "-c", UpdaterProgram.Configuration, "--no-build", "--", "run"],
            workingDirectory: folder.Root);
        process.StandardInput.Close();
        var output = Capture(process);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:8310/") };
            await UntilReadyAsync(http, process, output);

            using var body = new ByteArrayContent(Eicar.Content);
            using var answer = await http.PostAsync("v1/scan", body);
            var result = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Assert.Equal("EC_AV_INFECTED", (string?)result["status"]);

            Assert.Equal("stream: OK\0", await ClamdClient.Tcp(3310).StreamAsync("harmless text"u8.ToArray()));
            Assert.True(Directory.Exists(folder.Path("data", "generations")));
            Assert.True(TriedCommands(output.ToString()).Count >= 3, output.ToString());
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static List<string> TriedCommands(string output) =>
        [.. output.Split('\n').Where(l => l.Contains("scan", StringComparison.Ordinal)
            || l.Contains("curl", StringComparison.Ordinal) || l.Contains("status", StringComparison.Ordinal))];

    private static StringBuilder Capture(Process process)
    {
        var text = new StringBuilder();
        void Add(object sender, DataReceivedEventArgs line)
        {
            lock (text)
            {
                text.AppendLine(line.Data);
            }
        }

        process.OutputDataReceived += Add;
        process.ErrorDataReceived += Add;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return text;
    }

    private static async Task UntilReadyAsync(HttpClient http, Process process, StringBuilder output)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(90) && !process.HasExited)
        {
            try
            {
                if ((await http.GetAsync("healthz/ready")).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"The service was never ready.\n{output}");
    }

    private static void SkipUnlessFree(params int[] ports)
    {
        foreach (var port in ports)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                Assert.Skip($"Port {port}, a default of the program, is in use on this machine.");
            }
        }
    }
}
