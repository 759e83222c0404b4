using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Runner.Timers;
using Tests.Support;

namespace Tests.Architecture;

/// <summary>The instruments that the programs really create against docs/telemetry.md, both ways: name, kind, unit and program.</summary>
[NonParallelizable]
public sealed partial class InstrumentsTests
{
    private static readonly string[] Services = ["Producer", "Consumer", "Runner"];

    [Test]
    public async Task Instruments_are_those_that_are_documented()
    {
        var created = new SortedDictionary<string, (string Kind, string Unit, SortedSet<string> Programs)>(StringComparer.Ordinal);
        var meters = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (program, settings) in Programs.All)
        {
            foreach (var instrument in await CreatedByAsync(program, settings))
            {
                meters.Add(instrument.Meter.Name);
                created.TryAdd(instrument.Name, (KindOf(instrument), UnitOf(instrument), []));
                if (program != "Standalone")
                {
                    created[instrument.Name].Programs.Add(program);
                }

                Assert.That(instrument.Description, Is.Not.Empty, instrument.Name);
            }
        }

        var text = Repository.Read("docs", "telemetry.md");
        var told = created.Select(each => $"{each.Key}, {each.Value.Kind}, {each.Value.Unit}, "
            + (Services.All(each.Value.Programs.Contains) ? "all" : string.Join(", ", Services.Where(each.Value.Programs.Contains))));
        var documented = Row().Matches(text).Select(row => string.Join(
            ", ", new[] { "name", "kind", "unit", "program" }.Select(name => row.Groups[name].Value.Trim())));
        Assert.That(documented, Is.EquivalentTo(told));
        Assert.That(
            Name().Matches(Meters().Match(text).Groups["list"].Value).Select(name => name.Groups["name"].Value), Is.EquivalentTo(meters));
    }

    /// <summary>Makes each service of the program that lives as long as it, as a start would.</summary>
    private static async Task<List<Instrument>> CreatedByAsync(string program, string[] settings)
    {
        var builder = Programs.Create(program, settings);
        var found = new List<Instrument>();
        using var listener = new MeterListener();
        await using var services = builder.Services.BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Meter.Name.StartsWith("timers.", StringComparison.Ordinal))
            {
                found.Add(instrument);
            }
        };
        listener.Start();
        foreach (var service in builder.Services.Where(each => each.Lifetime == ServiceLifetime.Singleton && IsOurs(each.ServiceType)))
        {
            _ = service.IsKeyedService
                ? services.GetKeyedServices(service.ServiceType, service.ServiceKey).Count()
                : services.GetServices(service.ServiceType).Count();
        }

        // Instruments that read what it counts; it starts nothing else.
        await Task.WhenAll(services.GetServices<IHostedService>().OfType<RunnerLifetime>().Select(each => each.StartAsync(default)));
        return found;
    }

    private static bool IsOurs(Type service) => service == typeof(IHostedService) || (!service.ContainsGenericParameters
        && service.Namespace?.Split('.')[0] is "Contracts" or "Infrastructure" or "Producer" or "Consumer" or "Runner");

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "ObservableGauge" => "gauge",
        "UpDownCounter" => "up-down counter",
        var other => other.ToLowerInvariant(),
    };

    /// <summary>The documentation has what UCUM writes as an annotation (<c>{timer}</c>) as a word.</summary>
    private static string UnitOf(Instrument instrument) => instrument.Unit switch
    {
        null => string.Empty,
        ['{', .. var one, '}'] => $"{one}s",
        var unit => unit,
    };

    [GeneratedRegex(
        @"^\| `(?<name>timers\.[a-z.]+)` \| (?<kind>[a-z -]+) \|(?<unit>[a-z ]*)\|[^|\n]*\| (?<program>[A-Za-z, ]+) \|$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"^The meters are (?<list>[^.]*(\.[a-z]+[^.]*)*)\. ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Meters();

    [GeneratedRegex("`(?<name>[a-z.]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
