using Definitions;
using Engine;
using Engine.Images;
using Updater.Gates;

namespace Updater.Publishing;

/// <summary>
/// What every client does with a package, done before it is packed: compile it strictly and scan its probes (M-312). A
/// package that all clients would refuse is not worth a version number.
/// </summary>
internal static class ClientCheck
{
    /// <param name="scratch">Folder of this check alone; the caller removes it.</param>
    /// <exception cref="PublishException">A sample is not detected by the name it was given with.</exception>
    /// <exception cref="RefusedException">
    /// A file is malformed, or the version too far ahead: it would be refused, and no lower one could follow it.
    /// </exception>
    public static void Demand(BuildRequest request, string scratch, TimeProvider time, CancellationToken cancellationToken)
    {
        PackageRules.CheckVersion(request.Id, time.GetUtcNow());
        Directory.CreateDirectory(scratch);
        var image = Path.Combine(scratch, "probe.image");
        var files = PackageBuilder.FilesOf(request.FilesFolder).Order(StringComparer.Ordinal).ToList();
        var compile = new CompileRequest
        {
            Inputs = [new CompileInput(request.Id, IsOfficial: true, IsLenient: false, files)],
        };
        ImageCompiler.Compile(compile, image, cancellationToken);
        using var active = new ActiveImage();
        active.SwapToFiles(new GenerationId(0, default), [image]);
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
