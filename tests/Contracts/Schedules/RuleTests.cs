using System.Globalization;

namespace Tests.Contracts.Schedules;

/// <summary>Recurrence rules: the examples of RFC 5545 §3.8.5.3, each of which begins on Tuesday, 2 September 1997, at 9.</summary>
public sealed class RuleTests
{
    [TestCase("FREQ=DAILY;COUNT=10", "1997-09-02", "1997-09-03", "1997-09-04")]
    [TestCase("FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02", "1997-09-12", "1997-09-22", "1997-10-02", "1997-10-12", "end")]
    [TestCase("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", "1997-09-16", "1997-09-30")]
    [TestCase("FREQ=WEEKLY;UNTIL=19971007T000000;WKST=SU;BYDAY=TU,TH", "1997-09-02", "1997-09-04", "1997-09-09", "1997-09-11", "1997-09-16",
        "1997-09-18", "1997-09-23", "1997-09-25", "1997-09-30", "1997-10-02", "end")]
    [TestCase("FREQ=WEEKLY;UNTIL=19971007;BYDAY=TU;INTERVAL=5", "1997-09-02", "1997-10-07", "end")]
    [TestCase("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09-02", "1997-09-04", "1997-09-16", "1997-09-18")]
    [TestCase("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997-09-05", "1997-10-03", "1997-11-07")]
    [TestCase("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997-09-07", "1997-09-28", "1997-11-02", "1997-11-30", "1998-01-04")]
    [TestCase("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-09-22", "1997-10-20", "1997-11-17")]
    [TestCase("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1997-10-29", "1997-11-28")]
    [TestCase("FREQ=MONTHLY;BYMONTHDAY=2,15", "1997-09-02", "1997-09-15", "1997-10-02")]
    [TestCase("FREQ=MONTHLY;BYMONTHDAY=1,-1", "1997-09-30", "1997-10-01", "1997-10-31", "1997-11-01")]
    [TestCase("FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11,12", "1997-09-10", "1997-09-11", "1997-09-12", "1999-03-10")]
    [TestCase("FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1997-09-02", "1997-09-09", "1997-09-16", "1997-09-23", "1997-09-30", "1997-11-04")]
    [TestCase("FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "1998-06-02", "1998-07-02", "1999-06-02")]
    [TestCase("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "2000-01-01", "2000-04-09", "2000-07-18", "2003-01-01")]
    [TestCase("FREQ=YEARLY;BYDAY=20MO", "1998-05-18", "1999-05-17", "2000-05-15")]
    [TestCase("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1998-05-11", "1999-05-17", "2000-05-15")]
    [TestCase("FREQ=YEARLY;BYWEEKNO=20", "1998-05-12", "1999-05-18", "2000-05-16")]
    [TestCase("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "1997-12-28", "1999-01-03", "2000-01-02", "2000-12-31", "2001-12-30")]
    [TestCase("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "1997-12-29", "1999-01-04", "2000-01-03")]
    [TestCase("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1998-03-05", "1998-03-12", "1998-03-19", "1998-03-26", "1999-03-04")]
    [TestCase("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998-02-13", "1998-03-13", "1998-11-13", "1999-08-13", "2000-10-13")]
    [TestCase("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13", "1997-10-11", "1997-11-08")]
    [TestCase("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1997-11-04", "2001-11-06")]
    [TestCase("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-10-07", "1997-11-06", "end")]
    [TestCase("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29", "1997-10-30", "1997-11-27")]
    [TestCase("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-09-02", "1997-09-07", "1997-09-16", "1997-09-21", "end")]
    [TestCase("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-09-02", "1997-09-14", "1997-09-16", "1997-09-28", "end")]
    [TestCase("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "1997-09-15", "1997-09-30", "1997-10-15", "1997-10-30", "1997-11-15", "end")]
    [TestCase("FREQ=YEARLY;BYYEARDAY=-1", "1997-12-31", "1998-12-31")]
    [TestCase("FREQ=YEARLY", "1997-09-02", "1998-09-02")]
    [TestCase("FREQ=YEARLY;BYHOUR=9;BYMONTHDAY=31", "1997-10-31", "1997-12-31", "1998-01-31")]
    [TestCase("rrule:freq=daily;byday=sa", "1997-09-06", "1997-09-13")]
    public void Of_days(string rule, params string[] expected) =>
        Check(rule, [.. expected.Select(day => day == "end" ? day : $"{day}T09:00:00")]);

    [TestCase("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000", "1997-09-02T09:00:00", "1997-09-02T12:00:00", "1997-09-02T15:00:00", "end")]
    [TestCase("FREQ=MINUTELY;INTERVAL=15;COUNT=3", "1997-09-02T09:00:00", "1997-09-02T09:15:00", "1997-09-02T09:30:00", "end")]
    [TestCase("FREQ=MINUTELY;INTERVAL=90;COUNT=3", "1997-09-02T09:00:00", "1997-09-02T10:30:00", "1997-09-02T12:00:00")]
    [TestCase("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,40", "1997-09-02T09:00:00", "1997-09-02T09:40:00", "1997-09-02T10:00:00",
        "1997-09-02T10:40:00", "1997-09-03T09:00:00")]
    [TestCase("FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,16", "1997-09-02T09:00:00", "1997-09-02T09:20:00", "1997-09-02T09:40:00",
        "1997-09-02T16:00:00")]
    [TestCase("FREQ=HOURLY;INTERVAL=7;BYDAY=TH", "1997-09-04T03:00:00", "1997-09-04T10:00:00", "1997-09-04T17:00:00",
        "1997-09-11T03:00:00")]
    [TestCase("FREQ=HOURLY;BYMINUTE=10,20,30;BYSETPOS=-1", "1997-09-02T09:30:00", "1997-09-02T10:30:00")]
    [TestCase("FREQ=SECONDLY;INTERVAL=40000", "1997-09-02T09:00:00", "1997-09-02T20:06:40", "1997-09-03T07:13:20")]
    [TestCase("FREQ=WEEKLY;BYHOUR=8;BYMINUTE=15;BYSECOND=30", "1997-09-09T08:15:30", "1997-09-16T08:15:30")]
    public void Of_times(string rule, params string[] expected) => Check(rule, expected);

    [TestCase("FREQ=DAILY;INTERVAL=3")]
    [TestCase("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SA;WKST=WE")]
    [TestCase("FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1")]
    [TestCase("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1,53")]
    [TestCase("FREQ=HOURLY;INTERVAL=11;BYDAY=SU")]
    [TestCase("FREQ=SECONDLY;INTERVAL=3601;BYHOUR=3")]
    [TestCase("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2;COUNT=300")]
    public void Asked_for_in_the_middle_it_is_the_same_as_from_its_beginning(string rule)
    {
        var start = new DateTime(1997, 9, 2, 9, 0, 0);
        var times = AWhen.Rule(rule, start);
        var all = times.From(start).Take(300).ToList();

        foreach (var index in Enumerable.Range(1, all.Count - 1))
        {
            Assert.That(times.From(all[index]).First(), Is.EqualTo(all[index]));
            Assert.That(times.From(all[index - 1].AddTicks(1)).First(), Is.EqualTo(all[index]));
        }
    }

    private static void Check(string rule, string[] expected)
    {
        var start = new DateTime(1997, 9, 2, 9, 0, 0);
        var found = AWhen.Rule(rule, start).From(start).Take(expected.Length)
            .Select(time => time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)).ToList();
        Assert.That(found.Count < expected.Length ? found.Append("end") : found, Is.EqualTo(expected));
    }
}
