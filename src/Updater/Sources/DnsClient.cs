using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Definitions.Formats.Dns;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>Asks one name server for one TXT record over UDP. What comes back is a hint, and nobody's proof.</summary>
internal static class DnsClient
{
    private const int Port = 53;
    private const int Tries = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The first string of the record.</summary>
    /// <param name="server"><c>IP</c> or <c>IP:port</c>; empty = the system's first name server.</param>
    /// <exception cref="SourceException">No server, no answer, or no such record.</exception>
    public static async Task<byte[]> AskTxtAsync(string record, string server, TimeProvider time, CancellationToken cancellationToken)
    {
        var endPoint = ServerOf(server)
            ?? throw new SourceException(FailureReason.SourceUnreachable, "This machine has no name server; set dnsServer.");
        var problem = "no answer";
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            using var deadline = new CancellationTokenSource(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                return await AskOnceAsync(record, endPoint, both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = $"no answer within {Patience.TotalSeconds:0} s";
            }
            catch (SocketException e)
            {
                problem = e.Message;
            }
        }

        throw new SourceException(FailureReason.SourceUnreachable, $"The name server {endPoint} did not tell {record}: {problem}.");
    }

    private static async Task<byte[]> AskOnceAsync(string record, IPEndPoint server, CancellationToken cancellationToken)
    {
        var query = TxtMessage.WriteQuery((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), record);
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken); // Datagrams of others are not received.
        await socket.SendAsync(query, cancellationToken);
        var reply = new byte[TxtMessage.MaxBytes + 1];
        while (true)
        {
            var length = await socket.ReceiveAsync(reply, cancellationToken);
            if (length < 2 || reply[0] != query[0] || reply[1] != query[1])
            {
                continue; // A late answer to an earlier question.
            }

            return TxtMessage.ReadReply(query, reply.AsSpan(0, length))
                ?? throw new SourceException(FailureReason.SourceAnswer, $"The name server {server} has no TXT record {record}.");
        }
    }

    [SuppressMessage("Interoperability", "CA1416", Justification = "Throws where it is not supported, which is caught.")]
    private static IPEndPoint? ServerOf(string server)
    {
        if (server.Length > 0)
        {
            return IPEndPoint.TryParse(server, out var configured)
                ? new IPEndPoint(configured.Address, configured.Port == 0 ? Port : configured.Port)
                : null;
        }

        try
        {
            var address = NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(network => network.GetIPProperties().DnsAddresses)
                .FirstOrDefault(address => !address.IsIPv6SiteLocal);
            return address is null ? null : new IPEndPoint(address, Port);
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
        {
            return null;
        }
    }
}
