/** The blocks pages are built of. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../i18n/translate.ts'
import classes from './layout.module.css'

/** Under this width there is room for one pane only. */
const TWO_PANES = '(min-width: 1200px)'

/** A list that keeps its place, and beside it the detail of what is selected. */
export function MasterDetail({ list, detail }: { list: ReactNode; detail: ReactNode | null }): ReactNode {
  const wide = useMediaQuery(TWO_PANES, window.matchMedia(TWO_PANES).matches)
  return (
    <div className={classes.split}>
      {(wide || !detail) && <div className={classes.list}>{list}</div>}
      {detail && <div className={classes.detail}>{detail}</div>}
    </div>
  )
}

/** The row above a list: filters left, actions right. */
export function Bar({ children }: { children: ReactNode }): ReactNode {
  return <div className={classes.bar}>{children}</div>
}

export function Grow(): ReactNode {
  return <div className={classes.grow} />
}

interface DetailHeadProps {
  title: ReactNode
  below?: ReactNode
  actions?: ReactNode
  onClose(): void
}

export function DetailHead({ title, below, actions, onClose }: DetailHeadProps): ReactNode {
  const { t } = useT()
  const wide = useMediaQuery(TWO_PANES, window.matchMedia(TWO_PANES).matches)
  const label = wide ? t('common.close') : t('common.back')
  const button = (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClose}>
        {wide ? <IconX size={16} /> : <IconArrowLeft size={16} />}
      </ActionIcon>
    </Tooltip>
  )
  return (
    <div className={classes.detailHead}>
      {!wide && button}
      <div className={classes.grow}>
        <h2 className={`${classes.detailTitle} truncate`}>{title}</h2>
        {below}
      </div>
      {actions}
      {wide && button}
    </div>
  )
}

/** A part that scrolls by itself, reachable by keyboard. */
export function ScrollRegion(props: { className: string | undefined; label?: string; children: ReactNode }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={props.className} tabIndex={0} aria-label={props.label}>
      {props.children}
    </section>
  )
}

/** What scrolls below a head or a bar. */
export function Scroll({ children, label }: { children: ReactNode; label?: string }): ReactNode {
  return (
    <ScrollRegion className={classes.scroll} {...(label === undefined ? {} : { label })}>
      <div className={classes.page}>{children}</div>
    </ScrollRegion>
  )
}

interface SectionProps {
  title?: ReactNode
  /** Of the heading: 3 inside a detail, 2 on a page that has none. */
  level?: 2 | 3
  children: ReactNode
}

export function Section({ title, level = 3, children }: SectionProps): ReactNode {
  const Heading = `h${level}` as const
  return (
    <section className={classes.section}>
      {title && <Heading className={classes.sectionTitle}>{title}</Heading>}
      {children}
    </section>
  )
}

export function Facts({
  items,
}: {
  items: readonly (readonly [term: ReactNode, value: ReactNode] | null)[]
}): ReactNode {
  return (
    <dl className={classes.facts}>
      {items.map((item, index) =>
        item ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items of one list keep their order
          <div key={index} style={{ display: 'contents' }}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}

interface EmptyNoteProps {
  icon?: ReactNode
  title: string
  text?: string
  children?: ReactNode
}

/** Says what belongs here and how to get it. */
export function EmptyNote({ icon, title, text, children }: EmptyNoteProps): ReactNode {
  return (
    <div className={classes.empty}>
      {icon}
      <p className={classes.emptyTitle}>{title}</p>
      {text && <p className={classes.emptyText}>{text}</p>}
      {children}
    </div>
  )
}
