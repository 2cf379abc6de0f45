using Definitions;
using Engine;
using Engine.Images;
using Updater.Gates;

namespace Updater.Publishing;

/// <summary>
/// What every client does with the probes of a package (M-312), done before it is packed: a package that all clients
/// would refuse is not worth a version number.
/// </summary>
internal static class ProbeCheck
{
    /// <param name="scratch">Folder of this check alone; the caller removes it.</param>
    /// <exception cref="PublishException">A sample is not detected by the name it was given with.</exception>
    /// <exception cref="RefusedException">A file is malformed.</exception>
    public static void Demand(BuildRequest request, string scratch, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.Probes.Count == 0)
        {
            return;
        }

        Directory.CreateDirectory(scratch);
        var image = Path.Combine(scratch, "probe.image");
        var files = PackageBuilder.FilesOf(request.FilesFolder).Order(StringComparer.Ordinal).ToList();
        var compile = new CompileRequest
        {
            Inputs = [new CompileInput(request.Id, IsOfficial: true, IsLenient: false, files)],
            BuildTime = time.GetUtcNow(),
        };
        ImageCompiler.Compile(compile, image, cancellationToken);
        using var active = new ActiveImage();
        active.SwapToFile(new GenerationId(0, default), image);
        var engine = new ScanEngine(active, time, Path.Combine(scratch, "objects"));
        foreach (var probe in request.Probes)
        {
            if (PositiveProbe.Miss(engine, probe, cancellationToken) is { } miss)
            {
                throw new PublishException($"{request.Id} is not built: {miss}");
            }
        }
    }
}
