using Contracts.Storage;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The rules for a timer to be created.</summary>
internal sealed class TimerRequestValidator : FieldValidator<TimerRequest>
{
    public TimerRequestValidator(IStoreClock clock, WebTargets targets)
    {
        Check(request => request.Url, url => url is null ? "is required" : targets.Problem(url));
        Check(request => request.DueAt, dueAt => TimerRules.DueProblem(dueAt, clock.Now));
        Check(request => request.Delay, delay => TimerRules.DelayProblem(delay, clock.Now));
        Check(request => request.MaxDelay, delay => TimerRules.MaxDelayProblem(delay, clock.Now));
        Check(request => request.ExpiresAt, end => TimerRules.ExpiryProblem(end, clock.Now));
        Check(request => request.MaxAge, age => TimerRules.MaxAgeProblem(age, clock.Now));
        this.CheckContent();
        CheckParts(request => request, KeptSecrets.Problems);
        Check(request => request.Id, TimerRules.IdProblem);
        Check(request => request.OnConflict, TimerRules.ConflictProblem);
    }
}
