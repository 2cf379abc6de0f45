using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Finds signatures that ask for a container which nothing here opens: they load, as in the reference engine, and do not
/// match. What is opened is asked of the engine itself.
/// </summary>
internal static class UnopenedContainers
{
    /// <summary>Null when there is nothing to say.</summary>
    public static Diagnostic? Find(Signature signature, string file) => TypeOf(signature) is { } type
        ? new Diagnostic(
            CompileCodes.UnopenedContainer, DiagnosticSeverity.Warning,
            $"Nothing is taken out of objects of the type {FileTypeNames.NameOf(type)} here, so the signature cannot match"
            + (signature is MemberSignature ? "." : ", HandlerType aside."),
            file, signature.Line, 0)
        : null;

    private static FileTypeName? TypeOf(Signature signature) => signature switch
    {
        MemberSignature { ContainerType: { } type } => ContainerTypes.AreMembersTold(type) ? null : type,
        LogicalSignature { Description: var description } => TypeOf(description),
        _ => null,
    };

    private static FileTypeName? TypeOf(TargetDescription description)
    {
        if (description.Container is { } container && !CanBeAround(container))
        {
            return container;
        }

        // The last one is directly around the object; others may also be what carries an archive.
        var last = description.Intermediates.Count - 1;
        for (var i = 0; i <= last; i++)
        {
            var type = description.Intermediates[i];
            if (!CanBeAround(type) && (i == last || TypeNames.ToObject(type) is null))
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>Nothing lies in plain text and data, so nothing is missed there.</summary>
    private static bool CanBeAround(FileTypeName type) =>
        type == FileTypeName.Any || ContainerTypes.IsOpened(type)
        || TypeNames.ToObject(type) is ObjectType.Binary or ObjectType.TextAscii or ObjectType.TextUtf8 or ObjectType.TextUtf16;
}
