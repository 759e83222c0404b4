using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Hosting;

/// <summary>Finds sections and connection strings whose names are nearly right: passed over, they would leave defaults in force.</summary>
/// <remarks>Whatever is not near belongs to somebody else: the environment has many names, and programs share it.</remarks>
internal sealed class SectionNames(IConfiguration configuration, IEnumerable<SectionNames.Known> known)
    : IValidateOptions<SectionNames.Check>
{
    private const string ConnectionStrings = "ConnectionStrings";

    /// <summary>Read by .NET itself.</summary>
    private static readonly string[] Standard = [ConnectionStrings, "Logging", "Kestrel", "AllowedHosts"];

    private static readonly string[] Engines = ["Kafka", "MongoDb", "RabbitMq", "Redis"];

    /// <summary>Adds the check to those of the start.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<Check>, SectionNames>();
        services.AddOptions<Check>().ValidateOnStart();
    }

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, Check options)
    {
        var paths = known.Select(section => section.Path.Split(':')).Concat(Standard.Select(section => new[] { section })).ToList();
        List<string> faults =
        [
            .. FindSlips(configuration, string.Empty, paths, depth: 0),
            .. configuration.GetSection(ConnectionStrings).GetChildren()
                .Select(given => (given.Key, Meant: NearestName.Find(given.Key, Engines)))
                .Where(slip => slip.Meant is not null)
                .Select(slip => $"There is no setting {ConnectionStrings}:{slip.Key}. Did you mean {ConnectionStrings}:{slip.Meant}?"),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FindSlips(IConfiguration within, string prefix, List<string[]> paths, int depth)
    {
        var names = paths.Where(path => path.Length > depth).Select(path => path[depth])
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var section in names.Count == 0 ? [] : within.GetChildren().Where(child => child.Value is null))
        {
            if (names.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                var below = paths.Where(path => path.Length > depth && path[depth].Equals(section.Key, StringComparison.OrdinalIgnoreCase));
                foreach (var slip in FindSlips(section, $"{prefix}{section.Key}:", [.. below], depth + 1))
                {
                    yield return slip;
                }
            }
            else if (NearestName.Find(section.Key, names) is { } meant)
            {
                yield return $"There are no settings {prefix}{section.Key}. Did you mean {prefix}{meant}?";
            }
        }
    }

    /// <summary>A section that this program reads.</summary>
    /// <param name="Path">Its path.</param>
    internal sealed record Known(string Path);

    /// <summary>Has no settings: it stands for the check.</summary>
    internal sealed class Check;
}
