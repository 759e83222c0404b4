using Contracts.Timers;
using FluentValidation;

namespace Producer.Timers;

/// <summary>What a timer to be created must be.</summary>
internal sealed class TimerRequestValidator : AbstractValidator<TimerRequest>
{
    public TimerRequestValidator(IStoreClock clock)
    {
        this.Check(request => request.Url, url => url is null ? "is required" : TimerRules.UrlProblem(url));
        this.Check(request => request.DueAt, dueAt => TimerRules.DueProblem(dueAt, clock.Now));
        this.Check(request => request.Delay, delay => TimerRules.DelayProblem(delay, clock.Now));
        this.CheckContent();
        this.Check(request => request.Id, TimerRules.IdProblem);
    }
}
