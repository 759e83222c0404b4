using FluentValidation;
using Producer.Http;

namespace Producer.Timers;

/// <summary>The rules for the conditions of a listing.</summary>
internal sealed class TimerFilterValidator : FieldValidator<TimerFilter>
{
    public TimerFilterValidator()
    {
        Check(filter => filter.State, state => state is null || TimerFilter.States.ContainsKey(state)
            ? null : $"must be one of {string.Join(", ", TimerFilter.States.Keys)}");
        Check(filter => filter.Tag, tags => tags?.Length > TimerRules.MaxTags ? $"must be given {TimerRules.MaxTags} times at most"
            : tags?.Select(TimerRules.TagProblem).FirstOrDefault(problem => problem is not null));
        Check(filter => filter.DueFrom, InstantProblem);
        Check(filter => filter.DueTo, InstantProblem);
        Check(filter => filter.Limit, limit => limit is null || TimerFilter.ToLimit(limit) is not null
            ? null : $"must be a whole number from 1 to {TimerFilter.MaxLimit}");
        RuleFor(filter => filter.DueTo)
            .Must((filter, dueTo) => !(TimerFilter.ToInstant(filter.DueFrom) >= TimerFilter.ToInstant(dueTo)))
            .WithMessage("must be later than dueFrom");
    }

    private static string? InstantProblem(string? text) => text is null || Read.TryQueryInstant(text, out _) ? null : Read.Rfc3339Form;
}
