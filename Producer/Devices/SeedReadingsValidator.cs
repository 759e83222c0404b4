using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Http;

namespace Producer.Devices;

/// <summary>The rules for a request of the first device service; what is wrong with single readings is theirs.</summary>
internal sealed class SeedReadingsValidator : FieldValidator<SeedReadings>
{
    public SeedReadingsValidator()
    {
        Check(request => request.Id, DeviceRules.IdProblem);
        Check(request => request.Readings, readings => readings is null ? "is required" : null);
    }
}

/// <summary>The rules for a reading of the first device service.</summary>
internal sealed class SeedReadingValidator : FieldValidator<SeedReading>
{
    public SeedReadingValidator(IStoreClock clock, IOptions<DeviceOptions> options)
    {
        CheckParts(reading => reading.At, at => DeviceRules.TimestampProblem(at, clock, options) is { } problem
            ? [("timestamp", problem)] : []);
        Check(reading => reading.Count, count => count is null ? "is required" : null);
    }
}
