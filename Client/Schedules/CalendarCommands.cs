using System.CommandLine;
using Client.Connections;
using Client.Printing;
using ClientLibrary.Schedules;

namespace Client.Schedules;

/// <summary><c>timers calendars</c> <c>put</c>, <c>get</c>, <c>list</c> and <c>delete</c>.</summary>
internal sealed class CalendarCommands(Shell shell)
{
    private const int MaxLimit = 1_000;

    public Command Create() => new("calendars", "Puts, reads and deletes calendars, which schedules name.")
    {
        Put(), Get(), List(), Delete(),
    };

    private static Argument<string> Name() => new("name") { Description = "The calendar's name." };

    private Command Put()
    {
        var (name, json) = (Name(), Json.Option());
        var exclude = new Option<string[]>("--exclude")
        {
            Description = "Dates on which nothing runs: 2030-12-25, 2030-07-01/2030-08-31, 12-25 of every year, SAT. May be repeated.",
        };
        var include = new Option<string[]>("--include") { Description = "Dates on which alone something runs. May be repeated." };
        return new Command("put", "Creates a calendar, or replaces its dates: runs of the schedules that name it move.")
        {
            name, exclude, include, json,
        }.Calls(shell, retriesOf: null, async (parsed, connection, cancellationToken) => await WriteAsync(
            await new CalendarClient(connection).PutAsync(
                parsed.GetRequiredValue(name),
                new NewCalendar(parsed.GetValue(exclude) ?? [], parsed.GetValue(include) ?? []),
                cancellationToken),
            parsed.GetValue(json)));
    }

    private Command Get()
    {
        var (name, json) = (Name(), Json.Option());
        return new Command("get", "Shows a calendar, and how many schedules name it.") { name, json }.Calls(
            shell, retriesOf: null, async (parsed, connection, cancellationToken) => await WriteAsync(
                await new CalendarClient(connection).GetAsync(parsed.GetRequiredValue(name), cancellationToken), parsed.GetValue(json)));
    }

    private Command Delete()
    {
        var name = Name();
        return new Command("delete", "Deletes a calendar that no schedule names.") { name }.Calls(
            shell, retriesOf: null, async (parsed, connection, cancellationToken) =>
            {
                await new CalendarClient(connection).DeleteAsync(parsed.GetRequiredValue(name), cancellationToken);
                return ExitCodes.Done;
            });
    }

    private Command List()
    {
        var limit = Inputs.Whole("--limit", "Size of a page. Default: 50.", 1, MaxLimit);
        var cursor = new Option<string?>("--cursor") { Description = "The cursor that the page before ended with." };
        var all = new Option<bool>("--all") { Description = "All pages." };
        var json = Json.Option();
        return new Command("list", "Lists calendars, by name.") { limit, cursor, all, json }
            .Calls(shell, retriesOf: null, (parsed, connection, cancellationToken) =>
            {
                var calendars = new CalendarClient(connection);
                return Paging.WriteAsync(
                    shell,
                    parsed.GetValue(json),
                    parsed.GetValue(all),
                    parsed.GetValue(cursor),
                    next => calendars.ListAsync(parsed.GetValue(limit), next, cancellationToken),
                    ["NAME", "EXCLUDES", "INCLUDES", "CHANGED"],
                    each =>
                    [
                        each.Name, Printable.Number(each.Excluded), Printable.Number(each.Included), Printable.Instant(each.ChangedAt),
                    ]);
            });
    }

    /// <summary>One calendar with its dates: for people, or as the service answers it.</summary>
    private async Task<int> WriteAsync(CalendarInfo calendar, bool asJson)
    {
        if (asJson)
        {
            await Json.WriteAsync(shell.Output, calendar);
            return ExitCodes.Done;
        }

        var table = new Table("NAME", "SCHEDULES", "EXCLUDES", "INCLUDES");
        table.Add(
            calendar.Name, Printable.Number(calendar.Schedules), string.Join(' ', calendar.Exclude), string.Join(' ', calendar.Include));
        await table.WriteAsync(shell.Output);
        return ExitCodes.Done;
    }
}
