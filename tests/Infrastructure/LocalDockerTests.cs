using System.Diagnostics;
using System.Net.Sockets;
using Tests.Support;
using Tests.Support.Containers;

namespace Tests.Infrastructure;

/// <summary>A Docker engine that is missing, dead or slow costs a test run next to nothing.</summary>
[NonParallelizable]
public sealed class LocalDockerTests
{
    [TestCase(null, "/var/run/docker.sock")]
    [TestCase("", "/var/run/docker.sock")]
    [TestCase("unix:///run/user/1000/docker.sock", "/run/user/1000/docker.sock")]
    [TestCase("tcp://elsewhere:2376", null)]
    public void Its_socket_is_the_one_that_DOCKER_HOST_names_and_one_elsewhere_is_passed_over(string? host, string? socket) =>
        Assert.That(LocalDocker.SocketOf(host), Is.EqualTo(socket));

    [Test]
    public void Without_a_socket_there_is_none()
    {
        using var folder = new TemporaryFolder();

        Assert.That(LocalDocker.Connect(folder.File("docker.sock")), Is.Null);
        Assert.That(LocalDocker.Connect(null), Is.Null);
    }

    [Test]
    public void A_socket_that_nobody_listens_on_is_none()
    {
        using var folder = new TemporaryFolder();
        using var left = Listen(folder.File("docker.sock"), backlog: null);

        Assert.That(LocalDocker.Connect(folder.File("docker.sock")), Is.Null);
    }

    [Test]
    public void One_that_does_not_answer_is_given_up_after_two_seconds()
    {
        using var folder = new TemporaryFolder();
        using var silent = Listen(folder.File("docker.sock"), backlog: 5);
        var watch = Stopwatch.StartNew();

        Assert.That(LocalDocker.Connect(folder.File("docker.sock")), Is.Null);
        Assert.That(watch.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(1.9)));
    }

    private static Socket Listen(string path, int? backlog)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        if (backlog is { } waiting)
        {
            socket.Listen(waiting);
        }

        return socket;
    }
}
