using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>The rules for one reading.</summary>
internal sealed class ReadingRequestValidator : FieldValidator<ReadingRequest>
{
    public ReadingRequestValidator(IStoreClock clock, IOptions<DeviceOptions> options)
    {
        Check(request => request.Device, DeviceRules.IdProblem);
        Check(request => request.Timestamp, at => DeviceRules.TimestampProblem(at, clock, options));
        Check(request => request.Count, count => count is null ? "is required" : null);
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
    }
}
