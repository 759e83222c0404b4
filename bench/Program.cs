using Bench;

// The bench starts itself for the ceilings that the figures are compared with.
switch (args)
{
    case [Ceilings.EmptyHandler, ..]:
        return await Ceilings.ServeEmptyAsync(args);
    case [Ceilings.BareClient, var url, var count]:
        return await Ceilings.SendBareAsync(url, int.Parse(count));
    case ["against", var build, .. var figures]:
        await Against.RunAsync(Path.GetFullPath(build), figures);
        return 0;
}

// One scenario or all of them; each prints a line per figure. See README.md in this folder.
var scenarios = new (string Name, Func<Task> Run)[]
{
    ("create", CreateScenario.RunAsync),
    ("touch", TouchScenario.RunAsync),
    ("batch", BatchScenario.RunAsync),
    ("burst", BurstScenario.RunAsync),
    ("drain", DrainScenario.RunAsync),
    ("kills", KillScenario.RunAsync),
    ("punctuality", PunctualityScenario.RunAsync),
    ("beside", BesideScenario.RunAsync),
    ("start", StartScenario.RunAsync),
    ("pending", PendingScenario.RunAsync),
    ("stored", StoredScenario.RunAsync),
    ("devices", DevicesScenario.RunAsync),
    ("sites", SitesScenario.RunAsync),
    ("revenue", RevenueScenario.RunAsync),
    ("items", ItemsScenario.RunAsync),
    ("streams", StreamsScenario.RunAsync),
    ("cluster", ClusterScenario.RunAsync),
};

var chosen = args.Length == 0 ? scenarios : [.. scenarios.Where(scenario => args.Contains(scenario.Name))];
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"usage: bench [{string.Join('|', scenarios.Select(scenario => scenario.Name))}]...");
    return 2;
}

foreach (var (name, run) in chosen)
{
    Console.WriteLine($"== {name}");
    await run();
}

return 0;
