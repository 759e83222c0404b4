using System.Linq.Expressions;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;

namespace Producer.Http;

/// <summary>
/// A validator made of checks of single fields; each returns a reason, or reasons for parts of the field.
/// </summary>
/// <remarks>
/// All checks are one rule, which runs only beside rules of other kinds: a rule per check, and FluentValidation's context per request,
/// would cost more than the checks do (docs/performance.md).
/// </remarks>
internal abstract class FieldValidator<TRequest> : AbstractValidator<TRequest>
{
    private readonly List<Func<TRequest, IEnumerable<(string Field, string Reason)>>> checks = [];
    private bool? hasOtherRules;

    protected FieldValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        foreach (var (field, reason) in checks.SelectMany(check => check(request)))
        {
            context.AddFailure(field, reason);
        }
    });

    /// <summary>Adds what is wrong with a request. Each check is made once: some count what they refuse.</summary>
    public void Validate(TRequest request, FieldErrors errors)
    {
        if (HasOtherRules)
        {
            errors.Add(Validate(request));
            return;
        }

        List<ValidationFailure>? failures = null;
        foreach (var check in checks)
        {
            foreach (var (field, reason) in check(request))
            {
                (failures ??= []).Add(new ValidationFailure(field, reason));
            }
        }

        if (failures is not null)
        {
            errors.Add(new ValidationResult(failures));
        }
    }

    /// <summary>Rules across fields are FluentValidation's own. Known once the constructors have run.</summary>
    private bool HasOtherRules => hasOtherRules ??= this.Skip(1).Any();

    public void Check<TField>(Expression<Func<TRequest, TField>> field, Func<TField, string?> problem)
    {
        var (name, read) = (NameOf(field), field.Compile());
        checks.Add(request => problem(read(request)) is { } reason ? [(name, reason)] : []);
    }

    public void CheckParts<TField>(
        Expression<Func<TRequest, TField>> field, Func<TField, IEnumerable<(string Field, string Reason)>> problems)
    {
        var read = field.Compile();
        checks.Add(request => problems(read(request)));
    }

    private static string NameOf<TField>(Expression<Func<TRequest, TField>> field) =>
        JsonNamingPolicy.CamelCase.ConvertName(((MemberExpression)field.Body).Member.Name);
}
