using System.Text;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Phishing;

/// <summary>How an image keeps rules about links: u8 kind, u8 0, u16 package, u32 count of bytes, the bytes; one behind the other.</summary>
internal static class PhishingSection
{
    public const int HeadBytes = 8;

    public static void Append(ByteBuffer section, PhishingRule rule, ushort package)
    {
        var value = rule.Address.IsEmpty ? Encoding.UTF8.GetBytes(rule.Text) : rule.Address.ToArray();
        section.AddByte((byte)rule.Kind);
        section.AddByte(0);
        section.AddUInt16(package);
        section.AddUInt32((uint)value.Length);
        section.Add(value);
    }
}
