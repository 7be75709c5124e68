using System.Text;
using IMDD.Cloud.Registry.Recipes;
using IMDD.Cloud.Registry.Rollouts;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Registry;

namespace IMDD.Cloud.Registry.Api;

/// <summary>Signed recipes.</summary>
internal static class RecipeEndpoints
{
    public static void MapRecipes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(RegistryRoutes.Recipes, (RecipeBook book, CancellationToken cancellationToken) => book.ListAsync(cancellationToken))
            .WithSummary("All recipes").Produces<IReadOnlyList<RecipeView>>();
        routes.MapPost(RegistryRoutes.Recipes, (RegisterRecipe request, RecipeBook book, CancellationToken cancellationToken) => book.RegisterAsync(request, cancellationToken))
            .Described(AuditAction.RegisterRecipe, "Numbers and signs a recipe");
        routes.MapGet(RegistryRoutes.Recipe, (string digest, RecipeBook book, CancellationToken cancellationToken) => book.FindAsync(digest, cancellationToken))
            .WithSummary("One recipe and what it says").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost(
            RegistryRoutes.AssignRecipe,
            (string digest, AssignRecipe request, RecipeAssigner assigner, CancellationToken cancellationToken) => assigner.AssignAsync(digest, request, cancellationToken))
            .Described(AuditAction.AssignRecipe, "Has agents decide by a recipe, under the model that each runs");
        routes.MapPost(
            RegistryRoutes.WithdrawRecipe,
            (string digest, WithdrawRecipe request, RecipeWithdrawer withdrawer, CancellationToken cancellationToken) => withdrawer.WithdrawAsync(digest, request, cancellationToken))
            .Described(AuditAction.WithdrawRecipe, "Takes a recipe back: agents go by their configuration's, or by the one before");
        routes.MapPost(
            RegistryRoutes.RecipeRollouts,
            (string digest, StartRecipeRollout request, RolloutBook book, CancellationToken cancellationToken) => book.StartAsync(digest, request, cancellationToken))
            .Described(AuditAction.StartRollout, "Has agents decide by a recipe wave by wave, under the model that each runs");
        routes.MapGet(RegistryRoutes.RecipeEnvelope, async (string digest, RecipeBook book, CancellationToken cancellationToken)
            => Results.Text(await book.EnvelopeAsync(digest, cancellationToken), "application/json", Encoding.UTF8))
            .WithSummary("The signed document of a recipe").ProducesProblem(StatusCodes.Status404NotFound);
    }
}
