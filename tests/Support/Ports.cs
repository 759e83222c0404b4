using System.Net;
using System.Net.Sockets;

namespace Tests.Support;

/// <summary>Ports for processes that are started, killed and started again on the same one.</summary>
public static class Ports
{
    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "timers-test-ports")).FullName;
    private static readonly List<FileStream> Taken = [];

    /// <summary>A port that nobody listens on, and that no run of these tests is given as long as this one lasts.</summary>
    /// <remarks>
    /// Below those that the system gives to whoever connects: it has to be free again when the program is started once more. A locked file
    /// keeps it for this run between choosing and binding.
    /// </remarks>
    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_000);
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
                // Taken.
            }
        }
    }
}
