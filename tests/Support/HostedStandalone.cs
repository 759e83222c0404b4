using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.Support;

/// <summary>The real application inside the test process, over real HTTP, with its data in memory.</summary>
public sealed class HostedStandalone : WebApplicationFactory<global::Standalone.StandaloneMarker>
{
    private readonly Action<IServiceCollection>? services;

    public HostedStandalone(Action<IServiceCollection>? services = null, bool withKeys = false)
    {
        (this.services, WithKeys) = (services, withKeys);

        // The port is a setting, below: one given here would be set on the server while the program is already starting it, and whichever
        // comes first wins ("Addresses cannot be modified after the server has started").
        UseKestrel();
    }

    /// <summary>Whether callers need a key.</summary>
    public bool WithKeys { get; }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseSetting("Storage:InMemory", "true");
        if (WithKeys)
        {
            builder.UseSetting("Keys:First", HostedKeys.First.Text);
        }

        builder.ConfigureLogging(logging => logging.ClearProviders());
        if (services is not null)
        {
            builder.ConfigureServices(services);
        }
    }
}
