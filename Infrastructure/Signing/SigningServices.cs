using Contracts.Signing;
using Infrastructure.Hosting;
using Infrastructure.Secrets;
using Infrastructure.Signing.Mongo;
using Infrastructure.Signing.Sqlite;
using Infrastructure.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Infrastructure.Signing;

/// <summary>Registers what webhooks are signed with.</summary>
internal static class SigningServices
{
    /// <summary>Adds signing secrets, kept in MongoDB or in a SQLite file; a Runner has them in memory.</summary>
    public static IServiceCollection AddSigning(this IServiceCollection services, bool isMongo, ServiceRoles roles)
    {
        services.AddOptions<SecretOptions>().BindSettings(SecretOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ISecretBox>(provider => new SecretBox(
            provider.GetRequiredService<IOptions<SecretOptions>>(), isMongo ? null : provider.GetRequiredService<DataFolder>()));
        if (isMongo)
        {
            services.TryAddSingleton<ISigningSecretStore, MongoSigningSecretStore>();
            services.AddSingleton(MongoSigningSecretStore.Indexes);
        }
        else
        {
            services.TryAddSingleton<ISigningSecretStore, SqliteSigningSecretStore>();
        }

        if ((roles & ServiceRoles.Runner) != ServiceRoles.None)
        {
            services.AddSingleton<SigningUpkeep>();
            services.AddSingleton<SigningRing>();
            services.AddSingleton<ISigningSecrets>(provider => provider.GetRequiredService<SigningRing>());
            services.AddSingleton<ISigningRefresh>(provider => provider.GetRequiredService<SigningRing>());
            services.AddHostedService(provider => provider.GetRequiredService<SigningRing>());
        }

        return services;
    }
}
