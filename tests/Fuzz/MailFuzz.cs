using Engine;
using Engine.FileTypes;

namespace Fuzz;

/// <summary>Reads the bytes as a mail, whatever they look like.</summary>
internal static class MailFuzz
{
    public static IReadOnlyList<NodeCode> Run(ReadOnlySpan<byte> bytes) => ContainerFuzz.Walk(bytes, ObjectType.Mail);
}
