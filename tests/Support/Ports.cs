using System.Net;
using System.Net.Sockets;

namespace Tests.Support;

/// <summary>Ports for processes that are killed and restarted on the same port.</summary>
public static class Ports
{
    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "timers-test-ports")).FullName;
    private static readonly List<FileStream> Taken = [];

    /// <summary>A port that nobody listens on, and that no other run of these tests is given while this one lasts.</summary>
    /// <remarks>
    /// Below the range that the system assigns to outgoing connections, and apart from the one that the servers script picks from (from
    /// 20,000): it must be free again when the program is restarted. A locked file keeps it for this run between choosing and binding.
    /// </remarks>
    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 20_000);
            try
            {
                var mark = new FileStream(Path.Combine(Folder, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                lock (Taken)
                {
                    Taken.Add(mark);
                }

                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (Exception error) when (error is SocketException or IOException)
            {
                // Already taken.
            }
        }
    }
}
