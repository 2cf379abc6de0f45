namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>Runs a script over the files of a database (clamav-formats.md §2.2).</summary>
internal static class CdiffScript
{
    /// <param name="script">Stands at the first byte.</param>
    /// <param name="stage">Receives the changes; after a refusal it holds some of them.</param>
    /// <param name="limits">For the lines.</param>
    /// <exception cref="RefusedException"><c>PatchMalformed</c>, <c>PatchMismatch</c>, <c>PathUnsafe</c>, <c>PackageLimit</c></exception>
    public static void Run(Stream script, PatchStage stage, CdiffLimits limits, CancellationToken cancellationToken)
    {
        var lines = new ScriptLines(script, limits);
        MemberEdits? open = null;
        while (lines.TryRead(out var line))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var command = CdiffParser.Parse(line, lines.Number);
            var wantsOpenFile = command.Verb is CdiffVerb.Add or CdiffVerb.Delete or CdiffVerb.Exchange or CdiffVerb.Close;
            if (command.Verb != CdiffVerb.Comment && wantsOpenFile != open is not null)
            {
                throw PatchFault.Malformed($"Line {lines.Number} of the patch stands where {(open is null ? "no file" : open.Name)} is open.");
            }

            open = Run(command, open, stage);
        }

        // The reference engine drops such edits in silence; half a patch is worse than none.
        if (open is not null)
        {
            throw PatchFault.Malformed($"The patch ends while {open.Name} is open.");
        }
    }

    private static MemberEdits? Run(in CdiffCommand command, MemberEdits? open, PatchStage stage)
    {
        switch (command.Verb)
        {
            case CdiffVerb.Open:
                return new MemberEdits(command.Name);
            case CdiffVerb.Add:
                open!.Add(command.Text);
                return open;
            case CdiffVerb.Delete:
                open!.Delete(command);
                return open;
            case CdiffVerb.Exchange:
                open!.Exchange(command);
                return open;
            case CdiffVerb.Close:
                Close(open!, stage);
                return null;
            case CdiffVerb.Move:
                Move(command, stage);
                return open;
            case CdiffVerb.Unlink:
                stage.Unlink(command.Name);
                return open;
            case CdiffVerb.Comment:
            default:
                return open;
        }
    }

    /// <summary>A file that does not exist is created, but only lines can be added to it.</summary>
    private static void Close(MemberEdits edits, PatchStage stage)
    {
        if (edits.IsEmpty)
        {
            return;
        }

        using var source = edits.HasLineEdits || stage.Contains(edits.Name) ? stage.OpenRead(edits.Name) : Stream.Null;
        stage.Write(edits.Name, output => edits.Apply(source, output));
    }

    /// <summary>The lines are taken out of the source first, so that a file's lines can be moved to its own end.</summary>
    private static void Move(in CdiffCommand command, PatchStage stage)
    {
        var first = command.Line;
        var last = command.LastLine;
        var firstPrefix = command.Prefix.ToArray();
        var lastPrefix = command.LastPrefix.ToArray();
        var name = command.Name;
        var target = command.Target;
        if (!stage.Contains(target))
        {
            throw PatchFault.Mismatch($"{target} is not in the database.");
        }

        var moved = name + MovedSuffix;
        stage.Write(moved, output =>
        {
            using var source = stage.OpenRead(name);
            var lines = new LineCopier(source, name);
            lines.MoveTo(first, target: null);
            Check(lines, first, firstPrefix, name);
            lines.MoveTo(last, output);
            Check(lines, last, lastPrefix, name);
            lines.MoveTo(last + 1, output);
        });
        Rewrite(stage, name, (lines, output) =>
        {
            lines.MoveTo(first, output);
            lines.MoveTo(last + 1, target: null);
            lines.MoveTo(long.MaxValue, output);
        });
        Rewrite(stage, target, (lines, output) =>
        {
            lines.MoveTo(long.MaxValue, output);
            using var part = stage.OpenRead(moved);
            output.Write(part);
        });
        stage.Unlink(moved);
    }

    /// <summary>No command can name such a file.</summary>
    private const string MovedSuffix = "~";

    private static void Rewrite(PatchStage stage, string name, Action<LineCopier, MemberOutput> write)
    {
        using var source = stage.OpenRead(name);
        stage.Write(name, output => write(new LineCopier(source, name), output));
    }

    private static void Check(LineCopier lines, long line, byte[] prefix, string name)
    {
        if (lines.NextLine != line || !lines.StartsWith(prefix))
        {
            throw PatchFault.Mismatch($"Line {line} of {name} does not exist, or does not start as the patch says.");
        }
    }
}
