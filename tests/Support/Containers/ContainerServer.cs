using System.Net.Sockets;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Tests.Deployment;

namespace Tests.Support.Containers;

/// <summary>An engine in a container, with the image that docker-compose.yml names.</summary>
internal sealed class ContainerServer : IEngineServer
{
    private const string Loopback = "127.0.0.1";
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);
    private static readonly HashSet<string> Failed = new(StringComparer.Ordinal);
    private static readonly List<ContainerServer> Running = [];

    private static bool isPrepared;

    private readonly LocalDocker docker;
    private readonly IContainer container;
    private readonly int port;

    private ContainerServer(LocalDocker docker, IContainer container, int port, string uri)
    {
        this.docker = docker;
        this.container = container;
        this.port = port;
        Uri = uri;
    }

    public string Uri { get; }

    /// <summary>
    /// Starts one; null if there is no Docker engine or no image, or if the container does not come up, which is not tried again.
    /// </summary>
    public static ContainerServer? TryStart(string name)
    {
        if (Failed.Contains(name) || LocalDocker.Instance is not { } docker || !ContainerImages.Has(name)
            || !docker.HasOrPulls(ComposeFile.Instance.Services[name].Image))
        {
            return null;
        }

        if (!isPrepared)
        {
            Prepare(docker);
            isPrepared = true;
        }

        // Stays the same after a restart, unlike a port that Docker chooses.
        var free = Ports.Take();
        var (container, uri) = ContainerImages.Build(name, ComposeFile.Instance.Services[name], free);
        var server = new ContainerServer(docker, container, free, uri);
        try
        {
            using var limit = new CancellationTokenSource(StartTime);
            container.StartAsync(limit.Token).GetAwaiter().GetResult();
            server.WaitUntilItAnswers();
            Running.Add(server);
            return server;
        }
#pragma warning disable CA1031 // Whatever prevents the container from starting, the servers script is tried next.
        catch (Exception error)
#pragma warning restore CA1031
        {
            TestContext.Progress.WriteLine($"{name} does not start in a container: {error.Message}");
            Failed.Add(name);
            server.Wipe();
            return null;
        }
    }

    /// <summary>Removes all containers that tests have left behind.</summary>
    public static void WipeAll()
    {
        foreach (var server in Running.ToList())
        {
            server.Wipe();
        }
    }

    public void Kill(int? broker) => docker.Do("kill", container.Id);

    /// <summary>Freezes all of its processes at once.</summary>
    public void Pause() => docker.Do("pause", container.Id);

    public void Resume() => docker.Do("unpause", container.Id);

    public void Start(int? broker)
    {
        docker.Do("start", container.Id);
        WaitUntilItAnswers();
    }

    public void Stop(int? broker) => docker.Do("stop", container.Id);

    public (int ExitCode, string Output) RabbitMqControl(params string[] arguments)
    {
        var result = container.ExecAsync(["rabbitmqctl", .. arguments]).GetAwaiter().GetResult();
        return ((int)(result.ExitCode ?? -1), result.Stdout + result.Stderr);
    }

    public void Wipe()
    {
        Running.Remove(this);
        container.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Must be called before the first container.</summary>
    private static void Prepare(LocalDocker docker)
    {
        // A Docker engine rejects clients that are newer than itself.
        if (Environment.GetEnvironmentVariable("DOCKER_API_VERSION") is null)
        {
            Environment.SetEnvironmentVariable("DOCKER_API_VERSION", docker.ApiVersion);
        }

        // Ports are published there, wherever Testcontainers believes it is running; Kafka tells its clients this address.
        TestcontainersSettings.DockerHostOverride = Loopback;

        // Testcontainers would clean up after a killed run with a container of its own, which needs one more image and access to Docker.
        TestcontainersSettings.ResourceReaperEnabled = false;
        docker.RemoveLeft();
    }

    /// <summary>
    /// Docker accepts connections for a container whose process does not listen yet, and closes them; so this waits for the process.
    /// </summary>
    private void WaitUntilItAnswers()
    {
        var answers = SpinWait.SpinUntil(
            () =>
            {
                using var client = new TcpClient();
                try
                {
                    client.Connect(Loopback, port);
                    return !client.Client.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead) || client.Available > 0;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            AnswerTime);
        Assert.That(answers, Is.True, $"{container.Name} listens");
    }
}
