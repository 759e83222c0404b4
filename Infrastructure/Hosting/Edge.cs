using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Infrastructure.Hosting;

/// <summary>TLS of the service's own, and proxies in front of it that have theirs.</summary>
internal static class Edge
{
    public static void AddTls(this IServiceCollection services)
    {
        services.AddOptions<TlsOptions>().BindSettings(TlsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CertificateFiles>();
        services.AddOptions<KestrelServerOptions>().Configure<CertificateFiles>(
            (kestrel, certificates) => kestrel.ConfigureHttpsDefaults(certificates.Apply));
    }

    /// <summary>Says how callers come: by which address, and whether over TLS. HSTS is told where it is configured.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        var proxies = app.ApplicationServices.GetRequiredService<IOptions<GateOptions>>().Value.ReadProxies(out _);
        if (proxies.Count > 0)
        {
            var options = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,

                // As many as there are in a row, as long as each is one of these.
                ForwardLimit = null,
            };
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            foreach (var proxy in proxies)
            {
                options.KnownIPNetworks.Add(proxy);
            }

            app.UseForwardedHeaders(options);
        }

        if (app.ApplicationServices.GetRequiredService<IOptions<TlsOptions>>().Value.Hsts is { Ticks: > 0 } hsts)
        {
            var value = $"max-age={(long)hsts.TotalSeconds}";
            app.Use((context, next) =>
            {
                if (context.Request.IsHttps)
                {
                    context.Response.Headers.StrictTransportSecurity = value;
                }

                return next(context);
            });
        }
    }
}
