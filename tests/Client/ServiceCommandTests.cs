using Tests.Support;

namespace Tests.Client;

/// <summary>Commands that call the real application, which all tests of a class share.</summary>
public abstract class ServiceCommandTests
{
    private HostedStandalone app = null!;

    /// <summary>Where it is.</summary>
    protected Uri Service { get; private set; } = null!;

    [OneTimeSetUp]
    public void StartService()
    {
        app = new HostedStandalone();
        using var http = app.CreateClient();
        Service = http.BaseAddress!;
    }

    [OneTimeTearDown]
    public ValueTask StopServiceAsync() => app.DisposeAsync();

    /// <summary>A client that a test disposes of.</summary>
    protected HttpClient CreateClient() => app.CreateClient();
}
