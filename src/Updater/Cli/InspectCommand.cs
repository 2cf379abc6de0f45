using System.CommandLine;
using Engine.Images;
using Updater.Hosting;

namespace Updater.Cli;

/// <summary><c>inspect FILE</c>: what a compiled image holds, after every byte of it was checked.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> Image = new("FILE") { Description = "A compiled image." };

    public static Command Create()
    {
        var inspect = new VerbCommand(
            "inspect", "Checks an image and prints what it holds. Status 0: sound, 1: not usable.", "updater inspect rules.image") { Image };
        inspect.SetVerb((invocation, cancellationToken) => Task.FromResult(Run(invocation, cancellationToken)));
        return inspect;
    }

    private static ExitCode Run(Invocation invocation, CancellationToken cancellationToken)
    {
        var terminal = invocation.Terminal;
        var path = invocation.Parse.GetValue(Image)!;
        if (UnixFileKind.IsSpecial(path))
        {
            terminal.Fail($"{path}: Not a regular file");
            return ExitCode.Failure;
        }

        try
        {
            Engine.Images.Image.Verify(path, cancellationToken);
            using var image = Engine.Images.Image.Open(path);
            var answer = new InspectAnswer(
                path,
                new FileInfo(path).Length,
                image.Address.ToString(),
                image.InputDigest.ToString(),
                image.GenerationNumber,
                image.SignatureCount,
                [.. image.Packages.Select(p => p.ToString())]);
            if (terminal.IsJson)
            {
                terminal.Write(answer, CompileJson.Default.InspectAnswer);
            }
            else
            {
                terminal.Output.WriteLine($"Image:        {answer.Path}");
                terminal.Output.WriteLine($"Bytes:        {answer.Bytes}");
                terminal.Output.WriteLine($"Digest:       {answer.Digest}");
                terminal.Output.WriteLine($"Input digest: {answer.InputDigest}");
                terminal.Output.WriteLine($"Generation:   {answer.Generation}");
                terminal.Output.WriteLine($"Signatures:   {answer.Signatures}");
                terminal.Output.WriteLine($"Packages:     {string.Join(", ", answer.Packages)}");
            }

            return ExitCode.Success;
        }
        catch (ImageException e)
        {
            terminal.Fail($"{path}: {e.Message}");
            return ExitCode.Failure;
        }
    }
}

internal sealed record InspectAnswer(
    string Path, long Bytes, string Digest, string InputDigest, long Generation, long Signatures, IReadOnlyList<string> Packages);
