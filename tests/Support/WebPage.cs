using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.Support;

/// <summary>Somebody else's web server: it answers everything with an empty page.</summary>
public sealed class WebPage : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebPage(WebApplication app) => this.app = app;

    public int Port => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public static async Task<WebPage> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(context => Results.Content("<!DOCTYPE html><title>A page</title>", "text/html").ExecuteAsync(context));
        await server.StartAsync();
        return new WebPage(server);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
