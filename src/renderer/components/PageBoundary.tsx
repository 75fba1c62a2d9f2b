import { Component, type ReactNode } from 'react'
import { toUiError, type UiError } from '../api/ui-error.ts'
import { ErrorCard } from './ErrorCard.tsx'
import classes from './layout.module.css'

/** A page that fails says so in its own place; the frame and the other pages go on. */
export class PageBoundary extends Component<{ children: ReactNode }, { error: UiError | null }> {
  override state: { error: UiError | null } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: UiError } {
    return { error: toUiError(error) }
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children
    return (
      <div className={classes.page}>
        <ErrorCard error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </div>
    )
  }
}
