using System.Collections.Concurrent;
using Infrastructure.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tests.Support;

namespace Tests.Deployment;

/// <summary>Notes which settings a program reads.</summary>
internal sealed class ReadSettings : ConfigurationProvider, IConfigurationSource
{
    private readonly ConcurrentDictionary<string, bool> keys = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<string> Keys => keys.Keys;

    /// <summary>Makes a program ready to start with these settings, and starts nothing of it.</summary>
    /// <returns>What it has read, and what it finds wrong.</returns>
    public static (IEnumerable<string> Keys, IEnumerable<string> Faults) Of(string program, IReadOnlyDictionary<string, string> environment)
    {
        var read = new ReadSettings();
        var builder = Programs.Create(program, [.. environment.Select(variable => $"--{Key(variable.Key)}={variable.Value}")], read);
        using var services = builder.Services.BuildServiceProvider();
        var faults = services.GetRequiredService<StartFaults>().Messages.ToList();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception error) when (error is OptionsValidationException or AggregateException)
        {
            faults.Add(error.Message);
        }

        return (read.Keys, faults);
    }

    /// <summary>A variable of the environment as .NET reads it.</summary>
    public static string Key(string variable) => variable.Replace("__", ":", StringComparison.Ordinal);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Asked before all others, and knows nothing itself.</summary>
    public override bool TryGet(string key, out string? value)
    {
        keys[key] = true;
        value = null;
        return false;
    }
}
