// A feature never imports another feature
import { ModelCard } from '../models/ModelCard.tsx'

export { ModelCard }
