using Contracts.Access;
using Infrastructure.Access.Mongo;
using Infrastructure.Access.Sqlite;
using Infrastructure.Hosting;
using Infrastructure.Targets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Infrastructure.Access;

/// <summary>Registers who may call.</summary>
internal static class AccessServices
{
    /// <summary>Adds keys, kept in MongoDB or in a SQLite file, and the gate that asks for them.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, bool isMongo, bool isProducer)
    {
        services.AddOptions<KeyOptions>().BindSettings(KeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (isMongo)
        {
            services.TryAddSingleton<IKeyStore, MongoKeyStore>();
            services.AddSingleton(MongoKeyStore.Indexes);
            services.TryAddSingleton<IAuditStore, MongoAuditStore>();
            services.AddSingleton(MongoAuditStore.Indexes);
        }
        else
        {
            services.TryAddSingleton<IKeyStore, SqliteKeyStore>();
            services.TryAddSingleton<IAuditStore, SqliteAuditStore>();
        }

        services.AddSingleton(provider => new KeyMaker(
            provider.GetRequiredService<IKeyStore>(), provider.GetRequiredService<IOptions<KeyOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Listening>(), isProducer, Console.Out));
        services.AddSingleton<Listening>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IOwnListeners, OwnListeners>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyRing>());
        services.AddSingleton<IKeyRefresh>(provider => provider.GetRequiredService<KeyRing>());
        services.AddOptions<QuotaOptions>().BindSettings(QuotaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Quotas>();
        services.AddOptions<AuditOptions>().BindSettings(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AuditTrail>();
        if (isProducer)
        {
            services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        }

        services.AddSingleton<IRequestGate, AccessGate>();
        services.AddCors();
        services.AddSingleton<ICorsPolicyProvider, PageOrigins>();
        services.AddSingleton<AccessHandler>();
        services.AddSingleton<IAuthorizationHandler>(provider => provider.GetRequiredService<AccessHandler>());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler>(provider => provider.GetRequiredService<AccessHandler>());
        services.AddAuthorization(authorization =>
            authorization.FallbackPolicy = new AuthorizationPolicy([new AccessHandler.Requirement()], []));
        return services;
    }
}
