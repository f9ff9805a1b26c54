import type { Recipe } from '../src/engines/recipe.ts'

export const dockerRecipe: Recipe
